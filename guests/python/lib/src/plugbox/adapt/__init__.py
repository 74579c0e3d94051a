"""Between the classes of this package and what componentize-py makes from the contract. Imported in guests only."""
