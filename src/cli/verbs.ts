import { attention } from './attention';
import { attribute } from './attribute';
import { classify } from './classify';
import { compare } from './compare';
import { download } from './download';
import { devices } from './devices';
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
import { translate } from './translate';
import { vectors } from './vectors';
import type { Verb } from './verb';

/** Verbs of the command line, in the order in which help lists them. */
export const verbs: readonly Verb[] = [attention, compare, predict, surprise, classify, effects, patch, attribute, senses, vectors, neighbours, next, translate, lineage, generate, inspect, models, devices, download];
