"""Results turned into files: captions, texts, tables, and archives of them."""
