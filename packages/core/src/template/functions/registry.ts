import { BUILTINS } from './builtins.ts'
import { CERTIFICATES } from './certificates.ts'
import { COMPARISONS } from './compare.ts'
import { CONVERSIONS } from './convert.ts'
import { CRYPTO } from './crypto.ts'
import { DATES } from './dates.ts'
import { DEFAULTS } from './defaults.ts'
import { DICTS } from './dicts.ts'
import { ENCODINGS } from './encoding.ts'
import type { GoFunction } from './go.ts'
import { JSON_FUNCTIONS } from './json.ts'
import { LETTERS } from './letters.ts'
import { LISTS } from './lists.ts'
import { MATH } from './math.ts'
import { PATHS } from './paths.ts'
import { RANDOM } from './random.ts'
import { REGEX } from './regex.ts'
import { SEMVER } from './semver.ts'
import { SEQUENCES } from './sequences.ts'
import { STRINGS } from './strings.ts'
import { URLS } from './urls.ts'
import { WRAPPING } from './wrap.ts'

/** Every function of text/template and of sprig; not env, expandenv and getHostByName, which reach outside. */
export const FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map(
  [
    BUILTINS,
    CERTIFICATES,
    COMPARISONS,
    CONVERSIONS,
    CRYPTO,
    DATES,
    DEFAULTS,
    DICTS,
    ENCODINGS,
    JSON_FUNCTIONS,
    LETTERS,
    LISTS,
    MATH,
    PATHS,
    RANDOM,
    REGEX,
    SEMVER,
    SEQUENCES,
    STRINGS,
    URLS,
    WRAPPING,
  ].flatMap((table) => Object.entries(table)),
)
