export { type Document, type Limits, readDocuments } from './read.ts'
export { type EntrySpan, readSpans, type Span, type ValueSpan } from './spans.ts'
export { decodeText } from './text.ts'
export { byNature, writeJson, writeYaml } from './write.ts'
