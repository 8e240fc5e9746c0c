# Reads a SAM template, transforms it as CloudFormation would, and tells what came of it.
import json
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """The template names none, so nobody has to be asked what there are."""

    def load(self):
        return {}


template = yaml_parse(sys.stdin.read())
# As `sam package` leaves it: the program uploaded.
template["Globals"]["Function"]["CodeUri"] = "s3://bucket/bootstrap.zip"
out = transform(template, {}, NoManagedPolicies())
resources = out["Resources"].values()
apis = [r for r in resources if r["Type"] == "AWS::ApiGatewayV2::Api"]
methods = [method for api in apis for path in api["Properties"]["Body"]["paths"].values() for method in path.values()]
json.dump(
    {
        "resources": len(resources),
        "routes": len(methods),
        "functions": sum(r["Type"] == "AWS::Lambda::Function" for r in resources),
        "payloads": sorted({m["x-amazon-apigateway-integration"]["payloadFormatVersion"] for m in methods}),
        "bytes": len(json.dumps(out)),
    },
    sys.stdout,
)
