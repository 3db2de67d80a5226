# A test framework of one function.
assert_equal() {
  if [ "$1" = "$2" ]; then
    echo "PASSED"
  else
    echo "FAILED: expected $1, got $2"
    exit 1
  fi
}
