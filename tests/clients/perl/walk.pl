#!/usr/bin/perl
# One walk with Perl's WWW::Facebook::API as Debian packages it: token, session, every method that the library knows and the server has,
# the end of the session, error 102.
# The library is not changed; only its server_uri is pointed at the server under test, and the host names of the time are looked up there.
#
#   walk.pl SERVER_URI API_KEY SECRET web|desktop JSON|XML
#
# It talks to the test in lines: NAME=VALUE on standard output; on standard input the test says when a person has logged in (and, for
# a web application, which auth_token came back in the address).
use strict;
use warnings;
use LWP::Protocol::http;
use WWW::Facebook::API;

$| = 1;
my ( $uri, $key, $secret, $kind, $format ) = @ARGV;

# As a line in the hosts file does: the library sends films to a host of its own.
my ( $host, $port ) = $uri =~ m{^http://([^:/]+):(\d+)/}xms or die "no address: $uri\n";
@LWP::Protocol::http::EXTRA_SOCK_OPTS = ( PeerAddr => $host, PeerPort => $port );

# Which methods were called is seen where they leave the library.
my %called;
{

    package Noting;
    our @ISA = ('LWP::UserAgent');

    sub post {
        my ( $self, $to, %what ) = @_;
        my %argument = @{ $what{Content} };
        my $method   = $argument{method};
        $method =~ s{^facebook[.]}{}xms;
        $called{$method} = 1;
        return $self->SUPER::post( $to, %what );
    }
}

my $fb = WWW::Facebook::API->new(
    server_uri => $uri,
    api_key    => $key,
    secret     => $secret,
    desktop    => $kind eq 'desktop' ? 1 : 0,
    format     => $format,
    ua         => Noting->new,
);

sub tell_test { my ( $name, $value ) = @_; print "$name=", defined $value ? $value : '', "\n"; return; }

sub hear_test {
    my $line = <STDIN>;
    die "the test hung up\n" if !defined $line;
    chomp $line;
    return $line;
}

# With the format XML the library hands over the document as it is; this takes the text of its root. An error is told as the library keeps it.
sub plain {
    my ($answer) = @_;
    return $fb->last_error if !$fb->last_call_success;
    return $answer if $format eq 'JSON';
    return $answer =~ m{^<\w+ [^>]*>([^<]*)</\w+>\s*\z}xms ? $1 : $answer;
}

# Every text of one element; with the format JSON, the list itself or one member of each of its rows. An empty list is nothing at all.
sub all {
    my ( $answer, $element ) = @_;
    return $fb->last_error if !$fb->last_call_success;
    return join ' ', $answer =~ m{<\Q$element\E>([^<]*)</}gxms if $format ne 'JSON';
    return join ' ', map { ref $_ eq 'HASH' ? $_->{$element} : $_ } ref $answer eq 'HASH' ? $answer : @{ $answer || [] };
}

# The same of one of several lists in an answer.
sub part {
    my ( $answer, $list, $element ) = @_;
    return all( $answer->{$list}, $element ) if $format eq 'JSON';
    return all( $answer =~ m{<\Q$list\E[^>]*>(.*?)</\Q$list\E>}xms ? $1 : '', $element );
}

# People are listed in any order.
sub in_order { my ($ids) = @_; return join ' ', sort split q{ }, $ids; }

my $token;
if ( $kind eq 'desktop' ) {
    $token = $fb->auth->create_token;
    tell_test( token => $token );
    tell_test( login => $fb->get_login_url( auth_token => $token ) );

    # A program that asks before anybody has logged in is told 100, and may ask again.
    $fb->auth->get_session($token);
    tell_test( early => $fb->last_error );
    $fb->server_uri($uri);
    hear_test();
}
else {
    # A web application has no use for a token of its own, which is made all the same.
    tell_test( token => $fb->auth->create_token );
    tell_test( login => $fb->get_login_url( next => 'page?x=1' ) );
    $token = hear_test();
}

$fb->auth->get_session($token);

# This version of the library mixes up its two helpers: after a desktop program's get_session it goes on with https.
$fb->server_uri($uri);
tell_test( session_key => $fb->session_key );
tell_test( uid         => $fb->session_uid );
tell_test( expires     => $fb->session_expires );
tell_test( secret      => $fb->secret );

tell_test( user       => plain( scalar $fb->users->get_logged_in_user ) );
tell_test( success    => $fb->last_call_success );
tell_test( is_user    => plain( scalar $fb->users->is_app_user ) );
tell_test( permission => plain( scalar $fb->users->has_app_permission( ext_perm => 'email' ) ) );
tell_test( verified   => plain( scalar $fb->users->is_verified ) );

# Posts, what stands under one, statuses, and a thread of the application. An id is told where it has the form that is expected.
my $post = plain( scalar $fb->stream->publish( message => 'Hello' ) );
my $comment = plain( scalar $fb->stream->add_comment( post_id => $post, comment => 'Hi' ) );
tell_test( commented => $comment =~ m{^\Q$post\E_\d+$}xms ? 1 : 0 );
tell_test( liked     => plain( scalar $fb->stream->add_like( post_id => $post ) ) );
my $stream = scalar $fb->stream->get( limit => 1 );
tell_test( messages => all( ref $stream ? $stream->{posts} : $stream, 'message' ) );
tell_test( comments => all( scalar $fb->stream->get_comments( post_id => $post ), 'text' ) );
tell_test( filters => ( split / /, all( scalar $fb->stream->get_filters, 'filter_key' ) )[0] );
tell_test( unliked     => plain( scalar $fb->stream->remove_like( post_id => $post ) ) );
tell_test( uncommented => plain( scalar $fb->stream->remove_comment( comment_id => $comment ) ) );
tell_test( removed     => plain( scalar $fb->stream->remove( post_id => $post ) ) );
tell_test( status      => plain( scalar $fb->status->set( status => 'is there' ) ) );
tell_test( statuses    => all( scalar $fb->status->get, 'message' ) );
tell_test( cleared     => plain( scalar $fb->users->set_status( clear => 1 ) ) );
my $entry = plain( scalar $fb->comments->add( xid => 'guestbook', text => 'I was here' ) );
tell_test( thread => all( scalar $fb->comments->get( xid => 'guestbook' ), 'text' ) );
tell_test( erased => plain( scalar $fb->comments->remove( xid => 'guestbook', comment_id => $entry ) ) );

# People, groups, events.
my $friend = 1234;
tell_test( friends => in_order( all( scalar $fb->friends->get, 'uid' ) ) );
tell_test( app_users => all( scalar $fb->friends->get_app_users, 'uid' ) );
tell_test( lists     => all( scalar $fb->friends->get_lists, 'name' ) );
my @both = ( uids1 => [ $fb->session_uid, $friend ], uids2 => [ $friend, $friend ] );
tell_test( are_friends => all( scalar $fb->friends->are_friends(@both), 'are_friends' ) );
tell_test( mutual => all( scalar $fb->friends->get_mutual_friends( target_uid => $friend ), 'uid' ) );
my @whom = ( uids => [ $fb->session_uid, $friend ] );
tell_test( names   => all( scalar $fb->users->get_info( @whom, fields => [ 'name', 'current_location' ] ), 'name' ) );
tell_test( unknown => all( scalar $fb->users->get_info( @whom, fields => 'birthday' ), 'uid' ) );
tell_test( groups  => all( scalar $fb->groups->get( gids => [ 77001, 77002 ] ), 'name' ) );
tell_test( members => part( scalar $fb->groups->get_members( gid => 77001 ), 'members', 'uid' ) );
tell_test( events  => all( scalar $fb->events->get( eids => [ 77_001, 77_002 ] ), 'name' ) );
tell_test( guests  => part( scalar $fb->events->get_members( eid => 77_002 ), 'attending', 'uid' ) );
tell_test( answer  => plain( scalar $fb->events->rsvp( eid => 77_002, rsvp_status => 'unsure' ) ) );
tell_test( unsure  => part( scalar $fb->events->get_members( eid => 77_002 ), 'unsure', 'uid' ) );
my $party = '{"name":"Party","start_time":4102444800,"location":"Attic"}';
my $eid = plain( scalar $fb->events->create( event_info => $party ) );
tell_test( moved  => plain( scalar $fb->events->edit( eid => $eid, event_info => '{"location":"Cellar"}' ) ) );
tell_test( event  => all( scalar $fb->events->get( eids => [$eid] ), 'location' ) );
tell_test( called_off => plain( scalar $fb->events->cancel( eid => $eid, cancel_message => 'Rain' ) ) );
tell_test( over => all( scalar $fb->events->get( eids => [$eid] ), 'name' ) );

# A page of which they are a fan; what waits for them, and what they write to each other.
my @page = ( page_id => 77_003 );
tell_test( page  => all( scalar $fb->pages->get_info( page_ids => [77_003], fields => ['name'] ), 'name' ) );
tell_test( about => join ' ', map { plain( scalar $fb->pages->$_(@page) ) } qw(is_fan is_admin) );
tell_test( added => plain( scalar $fb->pages->is_app_added(@page) ) );
tell_test( invited => part( scalar $fb->notifications->get, 'group_invites', 'gid' ) );
my $told = scalar $fb->notifications->get_list;
tell_test( told => part( $told, 'notifications', 'title_text' ) );
my @notice = ( notification_ids => [ part( $told, 'notifications', 'notification_id' ) ] );
tell_test( read => plain( scalar $fb->notifications->mark_read(@notice) ) );
my @mail = ( subject => 'Hello', text => 'There' );
tell_test( mailed => plain( scalar $fb->notifications->send_email( recipients => $fb->session_uid, @mail ) ) );
tell_test( mailbox => all( scalar $fb->message->get_threads_in_folder( folder_id => 0 ), 'subject' ) );
my @live = ( recipient => $friend, event_name => 'ping', message => '{"a":1}' );
tell_test( live => plain( scalar $fb->livemessage->send(@live) ) );

my $note = plain( scalar $fb->notes->create( title => 'Maps & more', content => '<b>All</b> of them' ) );
tell_test( notes   => all( scalar $fb->notes->get, 'title' ) );
tell_test( edited  => plain( scalar $fb->notes->edit( note_id => $note, title => 'Atlas', content => 'New' ) ) );
tell_test( note    => all( scalar $fb->notes->get( note_ids => [$note] ), 'content' ) );
tell_test( deleted => plain( scalar $fb->notes->delete( note_id => $note ) ) );
my $link = plain( scalar $fb->links->post( url => 'http://pond.example/', comment => 'Look' ) );
tell_test( posted => $link );
tell_test( links => all( scalar $fb->links->get, 'owner_comment' ) );

# The library sends files as a multipart form of its own making.
open my $file, '<:raw', $ENV{RECONNECT_TEST_PICTURE} or die "no picture: $!\n";
my $picture = do { local $/ = undef; <$file> };
close $file or die "no picture: $!\n";
my $aid = all( scalar $fb->photos->create_album( name => 'Maps', location => 'Bergen' ), 'aid' );
my @photo = ( aid => $aid, caption => 'A map', data => $picture, filename => 'map.jpg' );
my $pid = all( scalar $fb->photos->upload(@photo), 'pid' );
tell_test( photo => all( scalar $fb->photos->get( pids => [$pid] ), 'caption' ) );
tell_test( tagged => plain( scalar $fb->photos->add_tag( pid => $pid, tag_text => 'a coast', x => 50, y => 25 ) ) );
tell_test( tags => all( scalar $fb->photos->get_tags( pids => [$pid] ), 'text' ) );
tell_test( albums => all( scalar $fb->photos->get_albums( aids => [$aid] ), 'size' ) );

# A film of a second without any picture in it.
sub box { my ( $name, $content ) = @_; return pack( 'N', 8 + length $content ) . $name . $content; }
my $head = box( mvhd => pack 'x12 N N x80', 1, 1 );
my $film = box( ftyp => 'isom' ) . box( moov => $head ) . box( mdat => 'x' x 50 );
tell_test( longest => all( scalar $fb->video->get_upload_limits, 'length' ) );
my @video = ( title => 'Map trip', description => 'A long one', data => $film, filename => 'trip.mp4' );
tell_test( video => all( scalar $fb->video->upload(@video), 'title' ) );

tell_test( promoted => plain( scalar $fb->auth->promote_session ) );
tell_test( revoked => plain( scalar $fb->auth->revoke_extended_permission( perm => 'email', session_key => $fb->session_key ) ) );
tell_test( left => plain( scalar $fb->users->has_app_permission( ext_perm => 'email' ) ) );
tell_test( ended      => plain( scalar $fb->auth->expire_session ) );

$fb->users->get_logged_in_user;
tell_test( success => $fb->last_call_success );
tell_test( error   => $fb->last_error );
tell_test( withdrawn => plain( scalar $fb->auth->revoke_authorization( uid => $fb->session_uid ) ) );

# What the library knows stands in its own files.
my %known;
for my $module ( grep { m{^WWW/Facebook/API/}xms } keys %INC ) {
    open my $source, '<', $INC{$module} or die "$module: $!\n";
    my $text = do { local $/ = undef; <$source> };
    close $source or die "$module: $!\n";
    $known{$1} = 1 while $text =~ m{->call\(\s*'([\w.]+)'}gxms;
}
tell_test( known  => join ' ', sort keys %known );
tell_test( called => join ' ', sort keys %called );
