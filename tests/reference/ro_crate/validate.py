"""Validates a crate against the Provenance Run Crate profile 0.5: python3 validate.py CRATE.

roc-validator (PyPI) asks the network for the context of RO-Crate 1.1; the wheel `rocrate` 0.13.0 ships it, and it is given from
there. Ends with 0 where nothing that is required is missing, 1 where something is, 3 where the two packages are not there.
"""
import json
import pathlib
import sys

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
try:
    import rocrate
    from rdflib.plugins.parsers import jsonld
    from rdflib.plugins.shared.jsonld import context, util
    from rocrate_validator import models, services
    from rocrate_validator.utils.http import HttpRequester
except ImportError as missing:
    print(f"not installed: {missing}")
    sys.exit(3)

text = (pathlib.Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_text()
if '"https://w3id.org/ro/crate/1.1/context"' not in text:
    print("not installed: rocrate 0.13.0, which ships the context of RO-Crate 1.1")
    sys.exit(3)
read = util.source_to_json


def source_to_json(source, *others, **named):
    return (json.loads(text), None) if CONTEXT in str(source) else read(source, *others, **named)


for module in (jsonld, context, util):
    if hasattr(module, "source_to_json"):
        module.source_to_json = source_to_json


class Answer:
    status_code, ok, headers, from_cache = 200, True, {"Content-Type": "application/ld+json"}, True
    content, url = text.encode(), CONTEXT
    text = text

    def json(self):
        return json.loads(self.text)

    def raise_for_status(self):
        pass


asked = HttpRequester.__getattribute__


def ask(self, name):
    if name in ("get", "head"):
        return lambda url, *others, **named: Answer() if CONTEXT in str(url) else asked(self, name)(url, *others, **named)
    return asked(self, name)


HttpRequester.__getattribute__ = ask
settings = services.ValidationSettings(
    rocrate_uri=sys.argv[1], profile_identifier="provenance-run-crate-0.5",
    requirement_severity=models.Severity.RECOMMENDED if "--recommended" in sys.argv else models.Severity.REQUIRED)
result = services.validate(settings)
for issue in result.get_issues():
    print(issue.severity.name, issue.check.identifier, issue.violatingEntity, issue.message)
required = [issue for issue in result.get_issues() if issue.severity == models.Severity.REQUIRED]
print(f"{len(required)} required things are missing")
sys.exit(1 if required else 0)
