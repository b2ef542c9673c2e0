"""What the product is: records, rules and use cases. Pure Python: no framework, no driver, no I/O."""
