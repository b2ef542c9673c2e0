"""Questions put to people about the documents of jobs, and what they answer."""
