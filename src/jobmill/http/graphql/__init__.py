"""What GraphQL faces share: reading requests, caps, documents kept, running, answering.

Nothing that a server loads at its start may import graphql-core: only `reading`, `call` and
`uploads` are free of it.
"""
