#!/usr/bin/env node
import { launch } from '../bundle/launch.js'

/**
 * A start compiles the bundle whole, so that there are several: git starts `waxseal git process` and its like all the time, keys come
 * with their OpenPGP, and sealing needs little of what looks after a repository.
 */
const BUNDLES = { git: ['git'], keys: ['keys'], repository: ['set', 'rm', 'edit', 'reseal', 'verify', 'check'] }
const [, , group = ''] = process.argv
const [bundle] = Object.entries(BUNDLES).find(([, groups]) => groups.includes(group)) ?? ['waxseal']
await launch('waxseal', new URL(`../bundle/${bundle}.js`, import.meta.url))
