import { describe, expect, it } from 'vitest';
import { LruCache } from '../../../src/lenses/lruCache';

describe('LruCache', () => {
  it('drops the least recently used entry beyond its capacity', () => {
    const cache = new LruCache<string, number>(2);
    cache.set('a', 1);
    cache.set('b', 2);
    cache.get('a');
    cache.set('c', 3);
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([1, undefined, 3]);
  });

  it('counts costs, and holds one entry that exceeds the capacity alone', () => {
    const cache = new LruCache<string, number>(10);
    cache.set('a', 1, 4);
    cache.set('b', 2, 4);
    cache.set('c', 3, 4);
    expect(cache.get('a')).toBeUndefined();
    cache.set('huge', 4, 50);
    expect(['b', 'c', 'huge'].map((key) => cache.get(key))).toEqual([undefined, undefined, 4]);
  });

  it('makes room before a large value is there', () => {
    const cache = new LruCache<string, number>(10);
    cache.set('a', 1, 6);
    cache.makeRoom(5);
    expect(cache.get('a')).toBeUndefined();
  });

  it('replaces an entry without counting it twice', () => {
    const cache = new LruCache<string, number>(10);
    for (let i = 0; i < 5; i++) cache.set('a', i, 6);
    cache.set('b', 9, 4);
    expect([cache.get('a'), cache.get('b')]).toEqual([4, 9]);
  });
});
