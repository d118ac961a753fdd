"""What stands held against what was declared: the differences, which are meant, and which are put back."""
