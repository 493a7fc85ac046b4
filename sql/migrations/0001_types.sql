-- Types and ids. An adopted database has them already; then nothing happens here.

create schema if not exists activity;

do $$
begin
    if to_regtype('activity.subscription_level') is null then
        create type activity.subscription_level as enum ('free', 'club', 'premium');
    end if;
    if to_regtype('activity.user_status') is null then
        create type activity.user_status as enum ('active', 'temporary_ban', 'banned');
    end if;
    if to_regtype('activity.photo_moderation_status') is null then
        create type activity.photo_moderation_status as enum ('pending', 'approved', 'rejected');
    end if;
end
$$;

-- The platform's own uuidv7() calls gen_random_bytes() without a schema: it fails where pgcrypto is missing, and inside every
-- function with a pinned search_path. It is replaced only when it cannot be called in that way.
do $$
declare
    v_works boolean := false;
begin
    if to_regprocedure('public.uuidv7()') is not null then
        begin
            set local search_path = pg_catalog, activity, pg_temp;
            perform public.uuidv7();
            v_works := true;
        exception when others then
            raise warning 'public.uuidv7() does not work with a pinned search_path (%); replaced', sqlerrm;
        end;
        reset search_path;
    end if;
    if not v_works then
        -- 48 bits of milliseconds over the random bits of a version 4 UUID, then version 4 (0100) becomes 7 (0111).
        create or replace function public.uuidv7() returns uuid
        language plpgsql volatile parallel safe
        as $f$
        begin
            return encode(
                set_bit(set_bit(
                    overlay(uuid_send(gen_random_uuid())
                        placing substring(int8send(floor(date_part('epoch', clock_timestamp()) * 1000)::bigint) from 3)
                        from 1 for 6),
                    52, 1), 53, 1),
                'hex')::uuid;
        end
        $f$;
    end if;
end
$$;
