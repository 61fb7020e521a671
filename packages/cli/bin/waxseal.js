#!/usr/bin/env node
import { launch } from '../bundle/launch.js'

await launch('waxseal', new URL('../bundle/waxseal.js', import.meta.url))
