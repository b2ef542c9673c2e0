"""What engines of documents share: layouts, zones, taxonomies and their JSON. No engine."""
