"""What is kept, in the one table and its bucket: rows, how they are laid out, and how they are written."""
