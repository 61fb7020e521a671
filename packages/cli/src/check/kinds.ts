/** Which texts are worth parsing: parsing all others would only cost time. */

/** Bounds, since a text may be made to be read for ever. What stands between `kind:` and its value in YAML: comments, tags, anchors, the mark of a block scalar. */
const BETWEEN = String.raw`(?:#[^\n]{0,200}\n\s*|[!&]\S{1,100}\s+|[>|][-+0-9]{0,3}\s+){0,5}`
/** In front of `kind`; a text inside of a text has its line ends as \n. */
const BEFORE = String.raw`(?:^|[\s,{["'?]|\\[nrt])`
const QUOTE = String.raw`\\{0,9}["']?`

/**
 * A kind that this command has rules for, however it is written: quoted, tagged, anchored, in another case, in JSON, in one line, in a
 * text inside of the text.
 */
const KIND = new RegExp(
  String.raw`${BEFORE}kind${QUOTE}\s*:\s*${BETWEEN}${QUOTE}(?:SealedSecret|Secret)(?:List)?${QUOTE}\s*(?:[,}\]#\r\n\\"']|$)`,
  'i',
)
/** `kind: *anchor`: which kind that is, only parsing tells. */
const ALIAS = new RegExp(String.raw`${BEFORE}kind${QUOTE}\s*:\s*\*`)
const GENERATOR = /secretGenerator/i

/** Whether a text may have a document that the rules are for. */
export function mentionsSecret(text: string): boolean {
  return KIND.test(text) || ALIAS.test(text) || GENERATOR.test(text)
}

/** What every text has that `mentionsSecret` accepts. */
export const NEEDLE: Buffer = Buffer.from('ecret')
