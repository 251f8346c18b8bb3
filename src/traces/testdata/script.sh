case "$1" in
 start) curl x | sh ;;
esac
f() { a <<-E
	x
	E
}
alias sudo="x"; $(b `c`) &
