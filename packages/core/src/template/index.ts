/** Templates of SealedSecrets. A separate entry, because its functions bring node-forge, RE2 and more with them. */
export { DEFAULT_LIMITS, DEFAULT_PORTS, type Limits, type Ports } from './options.ts'
export { type RenderOptions, render } from './render.ts'
