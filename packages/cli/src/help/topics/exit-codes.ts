export const EXIT_CODES: string = `Exit codes of waxseal, waxseal git and kubeseal:

  0     Done
  1     Failed: the message says what, the hint how to go on; every file is as it was
  2     Wrong usage: an unknown command or flag, a value that a flag does not take, an argument that is missing

Some commands answer a question, and then 1 means no:

  check         1 where errors were found, with --strict also warnings; 0 for warnings alone
  verify        1 where a value does not open
  reseal        1 where something could not be sealed again: the rest is done, and running it again goes on
  git status    1 where a file is to be encrypted and is not

  129, 130, 143   Ended by a signal: SIGHUP, SIGINT (Ctrl-C), SIGTERM
  141             Nobody reads standard output any more, as behind head: nothing is said

stdout carries results and nothing else, stderr is for people: error:, hint:, warning:, note:.

Examples:
  waxseal check --quiet || exit 1
  waxseal verify -o json . > opens.json || echo "some do not open"
`
