. /usr/local/lib/assert.sh
. ./hiker.sh

# life, the universe and everything
actual="$(answer)" || exit 2
assert_equal 42 "$actual"
