"""What people are asked, who may answer it, and by which link."""
