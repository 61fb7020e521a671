#!/usr/bin/env node
import { launch } from '../bundle/launch.js'

// git starts `waxseal git process` and its like all the time: they have a bundle of their own, as have keys with their OpenPGP.
const [, , group = ''] = process.argv
const bundle = group === 'git' || group === 'keys' ? group : 'waxseal'
await launch('waxseal', new URL(`../bundle/${bundle}.js`, import.meta.url))
