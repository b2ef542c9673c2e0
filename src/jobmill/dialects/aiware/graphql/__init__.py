"""The GraphQL face at /v3/graphql. Nothing here loads graphql-core before the first request."""
