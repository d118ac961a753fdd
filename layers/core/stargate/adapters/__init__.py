"""What the ports are on AWS: the only place that knows boto3, one file per service."""
