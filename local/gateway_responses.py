"""API Gateway's own answers, as the template words them.

SAM writes them into the OpenAPI document of the API, under x-amazon-apigateway-gateway-responses, which
MiniStack reads past. They are put onto the API as soon as it is made or changed, before its deployment
takes a copy.
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import apigateway_v1
from ministack.services.cloudformation import provisioners

_TYPE = "AWS::ApiGateway::RestApi"
_EXTENSION = "x-amazon-apigateway-gateway-responses"


def install() -> None:
    handlers = provisioners._RESOURCE_HANDLERS[_TYPE]
    handlers["create"] = _created(handlers["create"])
    handlers["update"] = _updated(handlers["update"])


def _created(create: Callable[..., Any]) -> Callable[..., Any]:
    def create_with_responses(logical_id: str, properties: dict[str, Any], *rest: Any) -> Any:
        made = create(logical_id, properties, *rest)
        _put(made[0], properties)
        return made

    return create_with_responses


def _updated(update: Callable[..., Any]) -> Callable[..., Any]:
    def update_with_responses(
        physical_id: str, old: dict[str, Any], properties: dict[str, Any], *rest: Any
    ) -> Any:
        updated = update(physical_id, old, properties, *rest)
        _put(updated[0], properties)
        return updated

    return update_with_responses


def _put(api_id: str, properties: dict[str, Any]) -> None:
    body = properties.get("Body") or {}
    document = json.loads(body) if isinstance(body, str) else body
    for kind, response in (document.get(_EXTENSION) or {}).items():
        parameters = response.get("responseParameters") or {}
        data = {
            "statusCode": str(response["statusCode"]) if "statusCode" in response else None,
            "responseParameters": parameters,
            "responseTemplates": response.get("responseTemplates") or {},
        }
        given = {key: value for key, value in data.items() if value}
        status, _, answer = apigateway_v1._put_gateway_response(api_id, kind, given)
        if status >= 400:
            raise ValueError(f"gateway response {kind}: {answer.decode()}")
