"""Which of some labels fits a text: by meaning (embeddings), or by the words of examples."""
