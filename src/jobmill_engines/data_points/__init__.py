"""The data points engine: values of a taxonomy in the zones of a document. See `engine`."""
