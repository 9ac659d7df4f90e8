import { attention } from './attention';
import { attribute } from './attribute';
import { check } from './check';
import { classify } from './classify';
import { compare } from './compare';
import { download } from './download';
import { devices } from './devices';
import { drift } from './drift';
import { effects } from './effects';
import { generate } from './generate';
import { inspect } from './inspect';
import { lineage } from './lineage';
import { models } from './models';
import { neighbours } from './neighbours';
import { next } from './next';
import { patch } from './patch';
import { predict } from './predict';
import { senses } from './senses';
import { surprise } from './surprise';
import { train } from './train';
import { translate } from './translate';
import { vectors } from './vectors';
import type { Verb } from './verb';

/** Verbs of the command line, in the order in which help lists them. */
export const verbs: readonly Verb[] = [attention, compare, drift, predict, surprise, classify, effects, patch, attribute, senses, train, vectors, neighbours, next, translate, lineage, generate, inspect, models, devices, check, download];
