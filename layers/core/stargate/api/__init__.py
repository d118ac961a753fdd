"""What the API answers: each route's one call, queries read with care, and every failure as a problem."""
