"""What AWS and others send, about the environment `sandbox` unless told otherwise: the shapes are theirs."""

from __future__ import annotations

import json

AT = "2026-11-24T03:00:00Z"
MOMENT = 1795489200.0
ACCOUNT = "111122223333"
ALARM = "stargate-sandbox-litellm-cpu-critical"
ARN = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{ALARM}"
TOPIC = f"arn:aws:sns:us-west-1:{ACCOUNT}:t"


def event(source, kind, detail, resources=(), **changed):
    return {
        "version": "0",
        "id": "3c6c1f1e-0000-4000-8000-000000000001",
        "source": source,
        "detail-type": kind,
        "account": ACCOUNT,
        "time": AT,
        "region": "us-east-1",
        "resources": list(resources),
        "detail": detail,
        **changed,
    }


def notification(message):
    """As SNS posts it to an address or a queue."""
    written = message if isinstance(message, str) else json.dumps(message)
    return {"Type": "Notification", "TopicArn": TOPIC, "Message": written, "Timestamp": AT}


# Alarms.


def alarm(name=ALARM, value="ALARM", **detail):
    state = {"value": value, "timestamp": AT, "reason": "Threshold Crossed"}
    arn = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{name}"
    told = {"alarmName": name, "state": state, **detail}
    return event("aws.cloudwatch", "CloudWatch Alarm State Change", told, [arn])


def sns_alarm(value="ALARM", name=ALARM):
    return {
        "AlarmName": name,
        "AlarmArn": ARN,
        "NewStateValue": value,
        "OldStateValue": "OK",
        "NewStateReason": "Threshold Crossed",
        "StateChangeTime": "2026-11-24T03:00:00.000+0000",
        "Region": "US East (N. Virginia)",
        "Trigger": {"MetricName": "CPUUtilization"},
    }


def alarm_to_function():
    state = {"value": "ALARM", "reason": "Threshold Crossed", "timestamp": "2026-11-24T03:00:00.000+0000"}
    return {
        "source": "aws.cloudwatch",
        "alarmArn": ARN,
        "accountId": ACCOUNT,
        "time": "2026-11-24T03:00:00.000+0000",
        "region": "us-east-1",
        "alarmData": {"alarmName": ALARM, "state": state},
    }


# ECS.


def task(code="EssentialContainerExited", reason="", *, said="", codes=(1,), **detail):
    containers = [{"name": "litellm", "exitCode": code_, "reason": said} for code_ in codes]
    told = {
        "clusterArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/stargate-sandbox",
        "taskArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:task/stargate-sandbox/t1",
        "group": "service:litellm",
        "lastStatus": "STOPPED",
        "desiredStatus": "STOPPED",
        "stoppedReason": reason,
        "containers": containers,
        **({"stopCode": code} if code else {}),
        **detail,
    }
    return event("aws.ecs", "ECS Task State Change", told)


def service(name, kind="ECS Service Action", **detail):
    arn = f"arn:aws:ecs:us-east-1:{ACCOUNT}:service/stargate-sandbox/litellm"
    return event("aws.ecs", kind, {"eventName": name, **detail}, [arn])


# RDS.


def database(number, name="stargate-sandbox", categories=("failover",)):
    arn = f"arn:aws:rds:us-east-1:{ACCOUNT}:db:{name}"
    detail = {
        "EventCategories": list(categories),
        "SourceType": "DB_INSTANCE",
        "SourceArn": arn,
        "Date": AT,
        "Message": "something of the database",
        "SourceIdentifier": name,
        "EventID": f"RDS-EVENT-{number}",
    }
    return event("aws.rds", "RDS DB Instance Event", detail, [arn])


def database_by_sns(number, source="db-instance"):
    """An event subscription of RDS; the older ones name no ARN."""
    return {
        "Event Source": source,
        "Event Time": "2026-11-24 03:00:00.000",
        "Identifier Link": "https://console.aws.amazon.com/rds/home?region=us-east-1#dbinstance:id=x",
        "Source ID": "stargate-sandbox",
        "Event ID": f"http://docs.amazonwebservices.com/AmazonRDS/latest/UserGuide/USER_Events.html#RDS-EVENT-{number}",
        "Event Message": "something of the database",
    }


# Health, quotas, CloudTrail.


def health(code, category, service="ECS", entities=(), **changed):
    detail = {
        "eventArn": f"arn:aws:health:us-east-1::event/{service}/{code}/1",
        "service": service,
        "eventTypeCode": code,
        "eventTypeCategory": category,
        "eventRegion": "us-east-1",
        "statusCode": "open",
        "communicationId": "a26c337b-1",
        "startTime": "Tue, 24 Nov 2026 02:00:00 GMT",
        "lastUpdatedTime": "Tue, 24 Nov 2026 03:00:00 GMT",
        "eventDescription": [{"language": "en_US", "latestDescription": "what AWS says"}],
        "affectedEntities": [{"entityValue": entity} for entity in entities],
        "page": "1",
        "totalPages": "1",
        **changed,
    }
    return event("aws.health", "AWS Health Event", detail, entities)


def trail(source, name, **record):
    return {
        "eventVersion": "1.08",
        "eventSource": source,
        "eventName": name,
        "eventTime": AT,
        "awsRegion": "us-east-1",
        "eventID": "e-1",
        **record,
    }


ROTATED = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:stargate-sandbox/litellm-database-AbCdEf"


def secret(name, **record):
    return trail(
        "secretsmanager.amazonaws.com", name, **(record or {"additionalEventData": {"SecretId": ROTATED}})
    )


def service_quotas(**told):
    """A service event of Service Quotas: `utilizationValue` is a count, whatever its name says."""
    details = {
        "action": "NOTIFY_ONLY",
        "serviceCode": "bedrock",
        "quotaCode": "L-F4DDD3EB",
        "quotaName": "Tokens a minute",
        "utilizationValue": "2500.0",
        "breachingThreshold": "95",
        **told,
    }
    name = "ServiceQuotasUtilizationBreachingThreshold"
    record = trail("servicequotas.amazonaws.com", name, serviceEventDetails=details)
    return event("aws.servicequotas", "AWS Service Event via CloudTrail", record)


def limit(status="WARN", source="aws.trustedadvisor", **item):
    told = {
        "Service": "VPC",
        "Limit Name": "Elastic IP addresses",
        "Limit Amount": "5",
        "Current Usage": "4",
        "Region": "us-east-1",
        **item,
    }
    kinds = {
        "aws.trustedadvisor": "Trusted Advisor Check Item Refresh Notification",
        "aws-solutions.quota-monitor": "Service Quotas Utilization Notification",
    }
    detail = {"check-name": "Service Limits", "check-item-detail": told, "status": status}
    return event(source, kinds[source], detail)


# CloudFormation.


def stack(status, name="stargate-sandbox-network"):
    arn = f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/{name}/1c9f"
    detail = {"stack-id": arn, "status-details": {"status": status, "status-reason": ""}}
    return event("aws.cloudformation", "CloudFormation Stack Status Change", detail, [arn])


def drift(found):
    arn = f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/stargate-sandbox-waf/1c9f"
    told = {"stack-drift-status": found, "detection-status": "DETECTION_COMPLETE"}
    detail = {"stack-id": arn, "status-details": told}
    return event("aws.cloudformation", "CloudFormation Drift Detection Status Change", detail, [arn])


def examined(status, stack="waf", **more):
    """Our own word on drift."""
    return event(
        "stargate", "Drift Examined", {"environment": "sandbox", "stack": stack, "status": status, **more}
    )


def stack_text(status, kind="AWS::CloudFormation::Stack"):
    """As a stack with a notification topic writes."""
    arn = f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/stargate-sandbox-network/1c9f"
    lines = {
        "StackId": arn,
        "Timestamp": "2026-11-24T03:00:00.000Z",
        "EventId": "e",
        "LogicalResourceId": "stargate-sandbox-network",
        "PhysicalResourceId": arn,
        "ResourceStatus": status,
        "ResourceStatusReason": "User Initiated",
        "ResourceType": kind,
        "StackName": "stargate-sandbox-network",
    }
    return "".join(f"{name}='{value}'\n" for name, value in lines.items())


# Money.


def budget(amount="$420.55", kind="ACTUAL", name="gateways"):
    return f"""AWS Budget Notification November 24, 2026
AWS Account {ACCOUNT}

Dear AWS Customer,

You requested that we alert you when the {kind} Cost of your {name} budget is greater than $400.00.

Budget Name: {name}
Budget Type: Cost
Budgeted Amount: $1,000.00
Alert Type: {kind}
Alert Threshold: > $400.00
{kind} Amount: {amount}
"""


ANOMALY = {
    "accountId": ACCOUNT,
    "anomalyId": "a-1",
    "anomalyStartDate": AT,
    "anomalyEndDate": AT,
    "dimensionalValue": "Amazon Bedrock",
    "impact": {"totalImpact": 42.0, "maxImpact": 42.0},
    "rootCauses": [{"service": "Amazon Bedrock", "usageType": "USE1-OutputTokens", "region": "us-east-1"}],
}

# The control plane itself.


def execution(machine="stargate-provision", status="FAILED"):
    detail = {
        "executionArn": f"arn:aws:states:us-east-1:{ACCOUNT}:execution:{machine}:00000000e001-1",
        "stateMachineArn": f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:{machine}",
        "name": "00000000e001-1",
        "status": status,
    }
    return event("aws.states", "Step Functions Execution Status Change", detail)


def dead_letter(failed_on):
    """What Lambda puts into the queue when a function has failed on an event for the last time."""
    return {
        "version": "1.0",
        "timestamp": AT,
        "requestContext": {"requestId": "r", "condition": "RetriesExhausted", "approximateInvokeCount": 3},
        "requestPayload": failed_on,
        "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
        "responsePayload": {"errorMessage": "no"},
    }


# Webhooks.


def alertmanager(status="firing", **labels):
    told = {"alertname": "TargetDown", "environment": "sandbox", "severity": "critical", **labels}
    one = {
        "status": status,
        "labels": told,
        "annotations": {"summary": "a target is down"},
        "startsAt": AT,
        "endsAt": AT if status == "resolved" else "0001-01-01T00:00:00Z",
        "generatorURL": "http://vm/graph",
        "fingerprint": "c6eadffa33fcdf37",
    }
    return {
        "version": "4",
        "groupKey": '{}:{alertname="TargetDown"}',
        "receiver": "stargate",
        "status": status,
        "alerts": [one],
    }


def grafana(status="firing"):
    sent = alertmanager(status)
    (one,) = sent["alerts"]
    more = {"values": {"A": 1}, "valueString": "[ var='A' ]", "silenceURL": "https://x/grafana/alerting"}
    return {
        "receiver": "stargate",
        "status": status,
        "orgId": 1,
        "alerts": [{**one, **more}],
        "title": f"[{status.upper()}:1] TargetDown",
        "state": "alerting" if status == "firing" else "ok",
        "message": "a target is down",
    }
