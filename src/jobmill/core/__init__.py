"""What the product is: records, rules, use cases. Pure Python: no framework, driver or I/O."""
