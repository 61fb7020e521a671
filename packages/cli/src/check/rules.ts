/** What `waxseal check` looks for. docs/check.md explains each rule and how to fix what it finds; a test keeps the two in step. */
export type Severity = 'error' | 'warning'

export interface Rule {
  readonly severity: Severity
  /** One sentence that says what is wrong where the rule finds something. */
  readonly summary: string
}

export type RuleName =
  | 'plaintext-secret'
  | 'private-key'
  | 'git-crypt-plaintext'
  | 'unreadable-document'
  | 'invalid-sealedsecret'
  | 'bad-base64'
  | 'envelope-length'
  | 'scope-in-template'
  | 'name-mismatch'
  | 'invalid-name'
  | 'missing-namespace'
  | 'wrong-key'
  | 'expired-certificate'
  | 'expiring-certificate'
  | 'duplicate-key'
  | 'duplicate-document'
  | 'too-large'
  | 'encoding'
  | 'unreadable-file'

const error = (summary: string): Rule => ({ severity: 'error', summary })
const warning = (summary: string): Rule => ({ severity: 'warning', summary })

export const RULES: Readonly<Record<RuleName, Rule>> = {
  'plaintext-secret': error('A Secret holds its values unsealed.'),
  'private-key': error('A private key is in the file, in plain text or base64.'),
  'git-crypt-plaintext': error('.gitattributes says to encrypt the file, and it is staged in plain text.'),
  'unreadable-document': error('A document with a Secret or SealedSecret is not valid YAML or JSON.'),
  'invalid-sealedsecret': error('A SealedSecret has fields that the controller refuses.'),
  'bad-base64': error('A sealed value is not base64.'),
  'envelope-length': error('A sealed value is cut off, or was not sealed for a key of this size.'),
  'scope-in-template': error('The scope is annotated in the template only, where it does not count.'),
  'name-mismatch': error('The template names another Secret than the one that the values are sealed for.'),
  'invalid-name': error('A name, namespace or key that no Secret can have.'),
  'missing-namespace': warning('A SealedSecret that opens in one namespace only does not say in which.'),
  'wrong-key': error('The values are sealed for none of the certificates given.'),
  'expired-certificate': error('A certificate given has expired.'),
  'expiring-certificate': warning('A certificate given expires within 30 days.'),
  'duplicate-key': error('A mapping has the same key twice.'),
  'duplicate-document': error('Two documents of one file are the same object.'),
  'too-large': error('A document, or what it seals, is larger than a cluster takes.'),
  encoding: error('A manifest is not in UTF-8, so kubectl misreads it.'),
  'unreadable-file': error('A file or folder cannot be read, so nothing is known about it.'),
}

export const RULE_NAMES: readonly RuleName[] = Object.keys(RULES).filter(isRuleName)

function isRuleName(name: string): name is RuleName {
  return Object.hasOwn(RULES, name)
}
