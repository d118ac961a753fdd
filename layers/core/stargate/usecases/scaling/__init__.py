"""The outer loop at a running gateway, and the watch over Bedrock's quotas."""
