#!/usr/bin/env node
import { launch } from '../bundle/launch.js'

await launch('kubeseal', new URL('../bundle/kubeseal.js', import.meta.url))
