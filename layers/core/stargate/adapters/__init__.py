"""What the ports are on AWS: the only place that knows boto3. A room for each area; here what all need."""
