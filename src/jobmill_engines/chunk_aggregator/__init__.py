"""The engine `chunk-aggregator`: the documents of all chunks as one part for the next stage."""
