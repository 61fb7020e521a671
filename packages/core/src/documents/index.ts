export { type Document, type Limits, readDocuments } from './read.ts'
export { decodeText } from './text.ts'
export { writeJson, writeYaml } from './write.ts'
