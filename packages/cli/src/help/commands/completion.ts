export const COMPLETION: string = `Prints a script that completes commands, flags, their values and file names of waxseal and kubeseal in your shell.

Usage: waxseal completion bash|zsh|fish

bash (3.2 or newer), in ~/.bashrc:
  source <(waxseal completion bash)
zsh, in ~/.zshrc behind compinit; or saved as _waxseal in a folder of fpath:
  source <(waxseal completion zsh)
fish, saved where fish looks for it:
  waxseal completion fish > ~/.config/fish/completions/waxseal.fish

Examples:
  source <(waxseal completion bash)
  waxseal completion zsh > ~/.zfunc/_waxseal
`
