"""Documents of known content: truths, pens that draw, and writers of layouts."""
