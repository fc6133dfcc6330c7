"""A server of S3 for the tests: moto (Apache-2.0), which checks the signature of every request with botocore's own code.

Prints one line of JSON with the address and a key pair, then serves until its standard input is closed. The bucket is
`lab`. Ends with 3 where moto is not installed or too old.

    python3 serve.py < some-pipe
"""

import json
import os
import sys

# Before moto is imported: the requests below, which make the user, are the only ones that need no signature.
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "4"

try:
    import boto3
    import moto
    from moto.server import ThreadedMotoServer
except ImportError as error:
    print(f"moto is not installed: {error}")
    sys.exit(3)
# Version 5.2.1 holds `,` in a path against its own spelling of it, and not against the one that was signed.
if tuple(int(part) for part in moto.__version__.split(".")[:3] if part.isdigit()) < (5, 2, 5):
    print(f"moto {moto.__version__} is older than 5.2.5")
    sys.exit(3)

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
endpoint = f"http://127.0.0.1:{port}"


def client(service):
    keys = {"aws_access_key_id": "nobody", "aws_secret_access_key": "nobody"}
    return boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", **keys)


everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
client("iam").create_user(UserName="lab")
client("iam").put_user_policy(UserName="lab", PolicyName="all", PolicyDocument=json.dumps(everything))
key = client("iam").create_access_key(UserName="lab")["AccessKey"]
client("s3").create_bucket(Bucket="lab")
print(json.dumps({"endpoint": endpoint, "key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}), flush=True)
sys.stdin.read()
server.stop()
