import { describe, it } from 'node:test';
import { suite } from './suite';

suite(describe, it);
