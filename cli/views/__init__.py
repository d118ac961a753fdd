"""What people see of the API's documents."""
