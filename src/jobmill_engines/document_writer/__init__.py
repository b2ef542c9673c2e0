"""The document writer: a document's zones and what was found in it as Innodom XML and JSON."""
