"""What becomes of a payment that machines cannot finish? The slow machine: days, files and people."""
