#!/usr/bin/env node
import { launch } from '../bundle/launch.js'

// git starts `waxseal git process` and its like all the time: they have a bundle of their own.
const bundle = process.argv[2] === 'git' ? 'git' : 'waxseal'
await launch('waxseal', new URL(`../bundle/${bundle}.js`, import.meta.url))
