"""What is sent to a container of cyber-dojo's runner, and what it sends back: the runner's protocol."""

from __future__ import annotations

import io
import tarfile
import zlib
from collections.abc import Mapping
from itertools import islice

from ltf_ci.model.container import GID, HOME, LONGEST, PROGRAMS, TAR, UID, USER, ContainerResult, Printed, StartFilesRun

START = ("bash", "-c", "tar -C / -zxf - && bash ~/cyber_dojo_main.sh")
PROBE = (
    "bash",
    "-c",
    f"""\
for need in {" ".join(PROGRAMS)}; do
  type -P "$need" >/dev/null || echo "$need"
done
[[ $(tar --version 2>&1) = *"{TAR}"* ]] || echo "{TAR}"
user='user {USER}, {UID}:{GID}, at home in {HOME}'
while IFS=: read -r name _ uid gid _ home _; do
  if [ "$name:$uid:$gid:$home" = {USER}:{UID}:{GID}:{HOME} ]; then user=; fi
done </etc/passwd
[ -z "$user" ] || echo "$user"
[ -w {HOME} ] || echo "{HOME} that its user may write"
""",
)
_FILES = 3  # stdout, stderr, status
_ANSWER = 4 * LONGEST  # bytes, unpacked: three files, each cut, and their headers
_WRITTEN = 315_619_200  # 2 January 1980, as RubyGems, which packs cyber-dojo's; no zip has anything of before 1980
_MAIN = f"""\
# Runs cyber-dojo.sh, and in the end sends what it printed and its status as a tgz.
send() {{
  local file
  for file in /tmp/stdout /tmp/stderr; do
    if [ -f "$file" ] && [ "$(stat -c %s "$file")" -gt {LONGEST} ]; then truncate -s {LONGEST + 1} "$file"; fi
  done
  echo "$status" >/tmp/status
  tar -C /tmp -cf - stdout stderr status | gzip
}}
status=145
trap send EXIT
cd /sandbox || exit 1
bash ./cyber-dojo.sh >/tmp/stdout 2>/tmp/stderr
status=$?
"""
_CLEANERS = """\
# What a cyber-dojo.sh may call, once it has sourced this.
cyber_dojo_delete_dirs() {
  rm -rf -- "$@"
}
cyber_dojo_delete_files() {
  rm -f -- "$@"
}
cyber_dojo_reset_dirs() {
  cyber_dojo_delete_dirs "$@"
  mkdir -p -- "$@"
}
"""


def packed(files: Mapping[str, str]) -> bytes:
    """Return the start files, and the scripts that run them, as a tgz that is unpacked at /."""
    raw = io.BytesIO()
    home = {"cyber_dojo_main.sh": _MAIN, "cyber_dojo_fs_cleaners.sh": _CLEANERS}
    with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=1) as tar:
        for folder, texts in (("sandbox", files), ("home/sandbox", home)):
            for name, text in texts.items():
                _add(tar, f"{folder}/{name.lstrip('/')}", text.encode())
    return raw.getvalue()


def _add(tar: tarfile.TarFile, path: str, content: bytes) -> None:
    info = tarfile.TarInfo(path)
    info.size, info.mode, info.mtime = len(content), 0o644, _WRITTEN
    tar.addfile(info, io.BytesIO(content))


def start_files_run(ended: ContainerResult) -> StartFilesRun:
    """Read what a container sent back; output that the scripts did not send is a fault."""
    if ended.timed_out:
        return StartFilesRun(timed_out=True, seconds=ended.seconds)
    try:
        files = _unpacked(ended.stdout)
        status = int(files["status"])
    except (KeyError, ValueError, OverflowError, EOFError, zlib.error, tarfile.TarError):
        errors = ended.stderr.decode("utf-8", "replace").strip()[-200:]
        fault = f"the container did not answer as it should: {errors or 'it was stopped'}"
        return StartFilesRun(fault=fault, seconds=ended.seconds)
    stdout, stderr = (Printed.of(files.get(name, b"")) for name in ("stdout", "stderr"))
    return StartFilesRun(stdout=stdout, stderr=stderr, status=status, seconds=ended.seconds)


def _unpacked(tgz: bytes) -> Mapping[str, bytes]:
    """Return the files of an answer, and no more than it may have: a sparse file could be larger than all memory."""
    raw = zlib.decompressobj(wbits=31).decompress(tgz, _ANSWER)
    with tarfile.open(fileobj=io.BytesIO(raw), mode="r:") as tar:
        files = (member for member in islice(tar, _FILES) if member.isfile() and not member.issparse())
        return {member.name: file.read() for member in files if (file := tar.extractfile(member))}
